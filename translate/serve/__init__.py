"""The server for programs: DeepL's, LibreTranslate's and an own interface over one translator."""
