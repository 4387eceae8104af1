"""The two flows: safeguard (register, issue) and respond (trace). Here the stages are joined."""
