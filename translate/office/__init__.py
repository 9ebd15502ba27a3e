"""Files of office programs: ZIP packages of XML, opened safely, and the words of WordprocessingML."""
