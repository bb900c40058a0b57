"""The configuration: locked until 0xC0DE, staged, committed, stored twice; no cut of the power loses it."""

from firmware.host import MemoryStore
from firmware.main import configure
from firmware.runtime import config as cfg
from firmware.runtime.config import Config
from protocols import layout
from tests.firmware.portable_rig import TABLE, Rig

CREDENTIAL_LIFE = [row[1] for row in TABLE.PARAMS if row[0] == "credential_life_s"][0]
UNIT = cfg.FIRST + cfg.UNIT_ID
LOST = cfg.FIRST + cfg.LOST_MS


class PowerCutError(Exception):
    """The power went at this byte."""


class CutStore(MemoryStore):
    """Storage that loses power after so many bytes written; what was written of the file stays."""

    def __init__(self, files, budget):
        super().__init__()
        self.files = dict(files)
        self.budget = budget

    def write(self, name, data):
        written = min(self.budget, len(data))
        self.files[name] = bytes(data[:written])
        self.budget -= written
        if written < len(data):
            raise PowerCutError


def test_a_new_board_gets_its_identity_once():
    store = MemoryStore()

    assert configure(TABLE, store, 3, 101).value(cfg.UNIT_ID) == 3
    again = configure(TABLE, store, 9, 9)

    assert (again.value(cfg.UNIT_ID), again.value(cfg.DEV_ID), again.trouble) == (3, 101, 0)


def test_tools_write_values_by_name():
    config = Config(TABLE, MemoryStore())

    config.write(UNIT_ID=4, SERIAL_HI=1, credential_life_s=20)

    assert config.value(cfg.UNIT_ID) == 4
    assert config.active[config.place_of(CREDENTIAL_LIFE)] == 20
    for wrong in ({"UNIT_ID": 0}, {"UNIT_ID": 0x10001}, {"no_such": 1}, {"credential_life_s": 4}, {"LOST_MS": -1}):
        try:
            config.write(**wrong)
        except ValueError:
            continue
        raise AssertionError(wrong)


def test_a_cut_at_every_byte_leaves_the_old_or_the_new_record():
    first = MemoryStore()
    old = Config(TABLE, first)
    old.write(UNIT_ID=3, credential_life_s=20)
    whole = sum([len(data) for data in first.files.values()])
    outcomes = []
    for budget in range(whole + 1):
        store = CutStore(first.files, budget)
        config = Config(TABLE, store)
        try:
            config.write(UNIT_ID=5, credential_life_s=30)
        except PowerCutError:
            pass
        after = Config(TABLE, MemoryStoreOf(store.files))
        found = (after.value(cfg.UNIT_ID), after.active[after.place_of(CREDENTIAL_LIFE)])
        assert after.trouble < 2 and after.intact()
        outcomes.append(found)
    assert outcomes[0] == (3, 20) and outcomes[-1] == (5, 30)
    assert set(outcomes) == {(3, 20), (5, 30)}


def MemoryStoreOf(files):
    store = MemoryStore()
    store.files = dict(files)
    return store


def test_either_copy_may_decay_at_any_byte():
    store = MemoryStore()
    Config(TABLE, store).write(UNIT_ID=3)
    for name in ("config.0", "config.1"):
        data = store.files[name]
        for at in range(len(data)):
            broken = MemoryStoreOf(store.files)
            broken.files[name] = data[:at] + bytes([data[at] ^ 0x10]) + data[at + 1 :]
            config = Config(TABLE, broken)
            assert (config.value(cfg.UNIT_ID), config.trouble) == (3, 1)


def test_with_both_copies_gone_defaults_stand_and_it_is_said():
    store = MemoryStore()
    Config(TABLE, store).write(UNIT_ID=3)
    for name in store.files:
        store.files[name] = store.files[name][:-1]

    rig = Rig(store=store, unit=1)

    assert rig.board.config.trouble == 2
    assert rig.read(layout.H_WARN_BITS, 2) == [1 << 10, 0]


def test_locked_registers_are_read_only():
    rig = Rig()

    assert rig.write(CREDENTIAL_LIFE, 20) == 2
    assert rig.read(layout.COMMON_CONFIG) == [0]
    assert rig.write(layout.COMMON_CONFIG, 0x1234) == 0
    assert rig.read(layout.COMMON_CONFIG) == [0]
    assert rig.write(layout.COMMON_CONFIG, layout.CFG_UNLOCK_KEY) == 0
    assert rig.read(layout.COMMON_CONFIG) == [1]
    assert rig.write(CREDENTIAL_LIFE, 20) == 0
    assert rig.read(CREDENTIAL_LIFE) == [20]


def test_what_is_out_of_range_or_no_configuration_is_refused_whole():
    rig = Rig()
    rig.write(layout.COMMON_CONFIG, layout.CFG_UNLOCK_KEY)
    before = rig.read(CREDENTIAL_LIFE, 2)

    assert rig.write(CREDENTIAL_LIFE, 20, 101) == 3
    assert rig.read(CREDENTIAL_LIFE, 2) == before
    assert rig.write(layout.MEASUREMENTS, 1) == 2
    assert rig.write(UNIT, 248) == 3
    assert rig.ask(bytes([22, 0, 0, 0, 0, 0, 0])) == bytes([0x96, 2])


def test_mask_write_changes_bits_of_a_parameter():
    rig = Rig()
    rig.write(layout.COMMON_CONFIG, layout.CFG_UNLOCK_KEY)
    rig.write(CREDENTIAL_LIFE, 0x15)

    mask = bytes([22, CREDENTIAL_LIFE >> 8, CREDENTIAL_LIFE & 0xFF, 0xFF, 0xF0, 0x00, 0x0A])
    assert rig.ask(mask) == mask

    assert rig.read(CREDENTIAL_LIFE) == [0x1A]


def test_staged_values_are_forgotten_after_sixty_seconds():
    rig = Rig()
    rig.write(layout.COMMON_CONFIG, layout.CFG_UNLOCK_KEY)
    rig.write(CREDENTIAL_LIFE, 20)

    rig.run_ms(58000)
    assert rig.read(CREDENTIAL_LIFE) == [20]
    rig.run_ms(3000)

    assert rig.read(CREDENTIAL_LIFE) == [15]
    assert rig.read(layout.COMMON_CONFIG) == [0]


def test_commit_stores_applies_and_tells():
    rig = Rig()
    rig.link_up()
    version, crc = rig.read(layout.H_CFG_VER, 2)
    assert rig.command(1, layout.CMD_CFG_COMMIT)[2] == layout.RES_WRONG_MODE  # locked
    rig.write(layout.COMMON_CONFIG, layout.CFG_UNLOCK_KEY)
    rig.write(CREDENTIAL_LIFE, 20)

    rig.command(2, layout.CMD_CFG_COMMIT)
    rig.run_ms(50)

    seq, code, result, detail = rig.read(layout.H_ACK_SEQ, 4)
    assert (seq, code, result) == (2, layout.CMD_CFG_COMMIT, layout.RES_DONE)
    assert rig.read(layout.H_CFG_VER, 2) == [version + 1, detail]
    assert detail != crc
    assert rig.board.par.credential_life_s == 20
    assert Rig(store=rig.store).board.par.credential_life_s == 20


def test_storage_that_fails_leaves_the_old_configuration_running():
    rig = Rig()
    rig.link_up()
    rig.write(layout.COMMON_CONFIG, layout.CFG_UNLOCK_KEY)
    rig.write(CREDENTIAL_LIFE, 20)

    def full(name, data):
        raise OSError(28)

    rig.store.write = full
    rig.command(1, layout.CMD_CFG_COMMIT)
    rig.run_ms(50)

    assert rig.read(layout.H_ACK_RESULT) == [layout.RES_FAILED]
    assert rig.board.par.credential_life_s == 15
    assert rig.read(layout.H_WARN_BITS, 2) == [1 << 8, 0]


def test_supervision_times_are_configuration():
    rig = Rig()
    rig.write(layout.COMMON_CONFIG, layout.CFG_UNLOCK_KEY)

    assert rig.write(LOST, 499) == 3
    assert rig.write(LOST, 500) == 0


def test_a_record_of_other_parameters_keeps_the_identity_alone():
    store = MemoryStore()
    config = Config(TABLE, store)
    config.write(UNIT_ID=3, credential_life_s=20)

    class Other:
        PARAMS = (("another", 0x0200, 1, 0, 2),) + TABLE.PARAMS
        SAFE_MS = 0

    other = Config(Other, store)

    assert (other.value(cfg.UNIT_ID), other.trouble) == (3, 2)
    assert other.active[cfg.COMMON] == 1
