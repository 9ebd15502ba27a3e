"""What is answered at which address; the bodies are mapped in the modules beside this package."""
