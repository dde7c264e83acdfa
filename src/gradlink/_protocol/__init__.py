"""Gradio's wire, pure: data in, data out."""
