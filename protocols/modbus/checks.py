"""What a program may ask for: the limits of a request, checked when it's made (never on what arrives)."""

from protocols.modbus.codes import MAX_RECORD


def check(holds, message):
    """Raise ValueError with ``message`` unless it ``holds``."""
    if not holds:
        raise ValueError(message)


def check_range(address, count, most):
    """Raise ValueError unless 1 to ``most`` can be asked for at once, and lie below 65,536."""
    if not 1 <= count <= most:
        raise ValueError(f"{count} at once: 1 to {most} are possible")
    if not 0 <= address <= 65536 - count:
        raise ValueError(f"{count} from {address} leave the address space of 65536")


def check_record(file, record, count):
    """Raise ValueError unless the file and all its records have a number."""
    if not (1 <= file <= 65535 and 1 <= count and 0 <= record <= MAX_RECORD + 1 - count):
        raise ValueError(f"file {file}, {count} records from {record}: files are 1-65535, records 0-{MAX_RECORD}")
