"""What the Hugging Face Hub means: names of Spaces, stages, answers. Pure: nothing here sends or waits."""
