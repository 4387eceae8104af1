"""Clocks: what a law, a contract or an own rule wants, by when, after what.

A regime is a file: triggers that start periods, steps with their period, owner, proof and citation. Nothing
here is legal advice; where a text leaves a doubt, the earlier time is taken.
"""

from fother.respond.clocks.model import Calendar, Period, Regime, Running, Step
from fother.respond.clocks.read import load_regime, regimes
from fother.respond.clocks.schedule import schedule

__all__ = ["Calendar", "Period", "Regime", "Running", "Step", "load_regime", "regimes", "schedule"]
