"""Damage control: the situation of a case, outreach, the time line, what each reader may see."""
