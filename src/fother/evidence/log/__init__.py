"""Publishing the log as files that anybody can check, witness and time-stamp."""
