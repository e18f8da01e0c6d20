"""The xl toolstack: reads guest configs as xl does and says what they ask for."""
