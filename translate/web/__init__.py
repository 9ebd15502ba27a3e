"""The application in the browser: Starlette, Jinja2 and htmx on one machine, nothing from the network."""
