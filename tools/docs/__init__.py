"""The generated documents under docs/reference: register maps and cause-and-effect matrices, made from the sheets."""
