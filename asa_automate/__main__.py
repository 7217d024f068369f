"""``python -m asa_automate`` is the same program as ``asa-automate``."""

from asa_automate.cli.main import main

if __name__ == "__main__":
    main()
