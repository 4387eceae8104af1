"""Reports for people: the HTML reports of traces, identifications and cases, and the plain sentences they
share with the command line. Drawing takes large libraries, so each report is imported from its own module."""
