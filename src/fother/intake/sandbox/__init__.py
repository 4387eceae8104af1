"""How far the process that reads leaked files is cut off from the machine: levels, probes, advice."""

from fother.intake.sandbox.check import Advice, advice
from fother.intake.sandbox.choice import SIBLINGS, choose
from fother.intake.sandbox.interface import Promise, Sandbox
from fother.intake.sandbox.reader import start
from fother.intake.sandbox.words import describe

__all__ = ["SIBLINGS", "Advice", "Promise", "Sandbox", "advice", "choose", "describe", "start"]
