"""Text recognition in pictures, offline. Runs in the sandboxed child; `fother.intake.recognise` asks it."""
