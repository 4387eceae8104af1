"""An SMTP relay that turns mail to marked lists into one individually marked message per recipient.

    SMTP in (`server`) → durable queue (`queue`) → marking (`flow.relay`) → queue → SMTP out (`courier`)

`policy` says what is marked and what is done with what cannot be, `notices` writes to senders and the
postmaster, `deliver` hands one message to the next mail server.
"""
