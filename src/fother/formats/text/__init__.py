"""Readers of the text in files of every kind; on leaked files used only inside the sandbox's child."""
