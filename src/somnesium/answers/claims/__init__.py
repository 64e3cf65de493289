"""The claims of the two founding articles, each answered by the engine and by trials."""
