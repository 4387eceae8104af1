"""What is known of a language, whoever asks: quotation marks, the parser, news dates, names of countries."""
