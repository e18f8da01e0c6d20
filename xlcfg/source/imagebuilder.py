"""x"""
def is_config(text): return False
