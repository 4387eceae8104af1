"""Sealed identities: who a copy belongs to, readable only where enough approvers agree.

    row of a list ──envelope──▶ age ciphertext under the recipient's own key
    that key ──shares──▶ Shamir's m of n, each share under one approver's age key

`envelope` and `shares` are pure; `setups`, `requests` and `people` work inside the caller's transaction.
"""
