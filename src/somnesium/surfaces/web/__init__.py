"""The web app and the REST API: the library's use cases over HTTP, on this machine."""
