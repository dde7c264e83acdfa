"""A scripted app that speaks Gradio's wire in this process."""
