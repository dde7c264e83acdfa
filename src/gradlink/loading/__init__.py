"""What ``gradlink.load`` does: a running app inside another one."""
