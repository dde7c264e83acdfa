"""What ``gradlink doctor`` looks at, one module for each subject."""
