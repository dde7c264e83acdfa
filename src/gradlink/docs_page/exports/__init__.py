"""What `gradlink docs` writes of an app: OpenAPI, Markdown, a text for language models, a page as a file."""
