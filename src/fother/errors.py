"""All errors that Fother raises on purpose. A code is never reused.

Each class carries a stable code, the exit status of the command and the HTTP status of the web API; the
message is one sentence that says what is wrong and what to do. `docs/reference/exit-codes.md` is checked
against this module.
"""

from __future__ import annotations


class FotherError(Exception):
    """Base of all errors with a message meant for a person."""

    code = "F000"
    exit_status = 1
    http_status = 500
    help = "An error without a class of its own."


class UsageError(FotherError):
    code = "F001"
    exit_status = 2
    http_status = 400
    help = "The command's words are off: an option, a number or a combination that does not fit."


class InputFileError(FotherError):
    code = "F002"
    exit_status = 3
    http_status = 422
    help = "A file could not be used: missing, unreadable, empty, damaged, of an unknown kind, too large."


class PasswordError(InputFileError):
    code = "F003"
    help = "The file is encrypted and the password is missing or wrong."


class SignedFileError(InputFileError):
    code = "F004"
    help = "The document carries a digital signature, which marking would break."


class UnmarkableError(FotherError):
    code = "F005"
    exit_status = 4
    http_status = 422
    help = "The document holds too few carriers to tell copies apart."


class RecipientListError(FotherError):
    code = "F006"
    exit_status = 5
    http_status = 422
    help = "The recipient list has bad or duplicate rows; nothing was made."


class NotFoundError(FotherError):
    code = "F007"
    exit_status = 6
    http_status = 404
    help = "No document, copy, issue or recipient has this id."


class RegistryError(FotherError):
    code = "F008"
    exit_status = 7
    http_status = 500
    help = "The registry is damaged, locked, of a newer version, or could not be written."


class StorageError(RegistryError):
    code = "F009"
    help = "The disk is full or the folder cannot be written; nothing was half-done."


class SandboxError(FotherError):
    code = "F010"
    exit_status = 8
    http_status = 422
    help = "A leaked file exceeded the limits of the sandbox or made its reader fail."


class CopyCheckError(FotherError):
    code = "F011"
    exit_status = 9
    http_status = 500
    help = "A copy was made but its own marks could not be read back, so it was not issued."


class InterruptedWorkError(FotherError):
    code = "F012"
    exit_status = 130
    http_status = 503
    help = "The work was interrupted; run the same command again to resume."


class ConflictError(FotherError):
    code = "F013"
    exit_status = 10
    http_status = 409
    help = "Somebody else changed the entry meanwhile; look at it again before changing it."


class MailError(FotherError):
    code = "F015"
    exit_status = 11
    http_status = 502
    help = "The mail server refused a letter or could not be reached; the letter was not sent."


class MarkingError(UsageError):
    code = "F020"
    help = "A marking, or a scheme of markings, cannot be read; the message says at which character."

    def __init__(self, sentence: str, *, start: int = 0, end: int = 0) -> None:
        super().__init__(sentence)
        self.start = start  #: code points from the start of the marking
        self.end = end


class MissingProgramError(UsageError):
    code = "F021"
    help = "A program that the command needs beside Fother is not installed; the message says which."


class LogError(RegistryError):
    code = "F014"
    help = "The log does not agree with what was published of it, or a proof or a signature does not hold."


class EvidenceError(FotherError):
    code = "F030"
    exit_status = 11
    http_status = 422
    help = (
        "No evidence pack can be made of this trace: nobody is named, or what others can check is too little."
    )
