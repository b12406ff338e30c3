"""The bundled outlets, their local internet, and one story's life played through the real commands."""
