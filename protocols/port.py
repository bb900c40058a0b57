"""The few differences between MicroPython and CPython, in one place.

``const``
    MicroPython's compiler folds ``NAME = const(1)`` wherever ``const`` was imported from; elsewhere it is the identity.
``micropython``
    The real module, or a stand-in whose decorators do nothing. The compiler knows the emitters only when they are
    spelt ``@micropython.native`` and ``@micropython.viper``, so there is no ``viper`` to import by itself: such a name
    would silently compile to byte code.

Viper code has pointer casts that CPython cannot run, and a port without the emitter refuses to compile it. So it lives
in modules named ``*_viper.py``, imported under ``try``, each with a plain twin that gives the same answers::

    try:
        from protocols.modbus.crc_viper import crc16
    except (ImportError, SyntaxError, ValueError):  # CPython; no native emitter; an .mpy for another processor
        from protocols.modbus.crc_plain import crc16

A viper module begins with ``import micropython``, which is what makes CPython take the twin.
"""

import sys

MICROPYTHON = sys.implementation.name == "micropython"

if MICROPYTHON:
    import micropython
    from micropython import const
else:

    def const(value):
        """Return ``value``: CPython has no compile-time constants."""
        return value

    class micropython:  # named as the module that it stands for
        """Stand-in for MicroPython's module of the same name."""

        const = staticmethod(const)

        @staticmethod
        def native(function):
            """Return ``function`` as it is."""
            return function


__all__ = ("MICROPYTHON", "const", "micropython")
