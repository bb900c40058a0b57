"""The desk sheet of the heat board: IT waste heat to heating, cooling and hot water (domain brief §4).

IT cooling outranks everything else on the loop: V101 falls to the dry cooler, the source pumps run when the board
doesn't. The gateway's wishes move set-points within bands that are parameters; each carries a validity. Figures
without a source in the brief are engineering defaults and stand as parameters.
"""

from protocols import layout
from protocols.sheets.heat_causes import CAUSES, EFFECTS
from protocols.sheets.heat_dhw_params import PARAMS as DHW
from protocols.sheets.heat_points import POINTS
from protocols.sheets.heat_source_params import PARAMS as SOURCE
from protocols.sheets.model import Command, Event, Permissive, Sheet

_BY_HAND = (layout.MODE_LOCAL, layout.MODE_REMOTE, layout.MODE_AUTO)

SHEET = Sheet(
    "heat_loop",
    dev_type=4,
    version=(1, 0),
    scan_ms=100,
    title="Waste heat, heating and hot water",
    area="HT",
    safe_ms=30000,
    points=POINTS,
    states=(
        "OFF",
        "SAFE_COOLING",
        "PRIME",
        "HP_START",
        "RUN",
        "RECOVERY_LIMITED",
        "STOP",
        "PASTEURISE",
        "NETWORK_DISINFECT",
        "FROST",
        "TRIPPED",
        "MAINT",
    ),
    substates=("NONE", "HEATING", "DHW_PRIORITY", "COOLING", "DIRECT"),
    params=SOURCE + DHW,
    facts=(
        "it_hot",
        "p101_asked",
        "p101_change",
        "tt101_lost",
        "hp_asks",
        "v101_stuck",
        "v401_stuck",
        "evap_wide",
        "h2_third",
        "hp1_fault",
        "hp2_fault",
        "hp3_fault",
        "scalds",
        "scorches",
        "store_over",
        "supply_cool",
        "return_cool",
        "stagnant",
        "circ_off",
        "estimated",
        "frosty",
        "it_calls",
        "hp_barred",
        "hygiene_on",
        "eh1_barred",
        "it_tight",
    ),
    effects=EFFECTS,
    causes=CAUSES,
    permissives=(
        Permissive("IT_NORMAL", "not it_calls", ("RECOVER",), "IT hall normal (H1)"),
        Permissive("NOT_BARRED", "not hp_barred", ("RECOVER",), "no cause stands that keeps the heat pumps off"),
        Permissive("NO_CYCLE", "not hygiene_on", ("HYGIENE",), "no hygiene cycle under way"),
        Permissive("HEATER", "not eh1_barred", ("HYGIENE",), "electric heater may run"),
        Permissive("DIS_KEY", "KEY.DIS", ("NETWORK",), "key for the hot network turned"),
        Permissive("IT_MARGIN", "not it_tight", ("QUIET",), "source water well below its limit"),
    ),
    commands=(
        Command(0x0301, "SET_SP", "set-point of a loop; valid_s 0: until the next", ("loop", "value", "valid_s"),
                _BY_HAND),
        Command(0x0302, "PASTEURISE", "heat the store up now", (), _BY_HAND),
        Command(0x0303, "DISINFECT", "hot network; needs the key on the spot", (), _BY_HAND, hazardous=True),
        Command(0x0304, "P2H", "power to heat on the electric heater", ("0.1kW", "valid_s"), _BY_HAND),
        Command(0x0305, "HP_MAX", "most machines that may run, 0-3", ("machines", "valid_s"), _BY_HAND),
        Command(0x0306, "ABORT", "end the hygiene cycle", (), _BY_HAND),
        Command(0x0307, "DRYC_CAP", "largest speed of the dry cooler's fans, while the IT hall has margin",
                ("0.1pct", "valid_s"), _BY_HAND),
        Command(0x0308, "LOOP_MAN", "loop in manual: its output, 600 s at most", ("loop", "0.1pct", "valid_s"),
                _BY_HAND),
        Command(0x0309, "LOOP_AUTO", "loop back to automatic", ("loop",), _BY_HAND),
        Command(0x030A, "BUFFER_BOOST", "buffer warmer by this", ("0.01K", "valid_s"), _BY_HAND),
        Command(0x030B, "DHW_SP", "hot-water store charged to this, 55 to 65 degC", ("0.01degC", "valid_s"), _BY_HAND),
        Command(0x030C, "FLUSHED", "tap had 70 degC for 3 min: in NETWORK_DISINFECT, return at 70 degC", ("tap",),
                _BY_HAND),
        Command(0x030D, "LEAD", "machine that starts first, 1-3; 0 by hours run", ("machine",), _BY_HAND),
        Command(0x030E, "EH1_MAX", "most power of the electric heater, whatever wants it; least times don't hold it",
                ("0.1kW", "valid_s"), _BY_HAND),
    ),
    events=(
        Event(65, "WISH_EXPIRED", "a wish of the gateway was not renewed", ("wish",)),
        Event(66, "HP_PHASE", "heat pump enters a phase", ("machine", "phase")),
        Event(67, "SEASON", "season changes", ("from", "to")),
        Event(68, "P101_CHANGE", "duty of the source pumps changes: 1 A, 2 B", ("pump", "why")),
        Event(69, "V101", "V101 is sent to the dry cooler by a cause, or let go", ("to_dry_cooler", "cause")),
        Event(70, "DEVICE", "device on the field line: 0 silent, 1 answers, 2 doesn't do as told", ("unit", "state")),
        Event(71, "HYGIENE", "hygiene cycle", ("step", "why")),
        Event(72, "FLUSHED", "tap flushed", ("tap", "0.01degC")),
        Event(73, "ESTIMATE", "a temperature is estimated, or believed again", ("sensor", "why")),
        Event(74, "FILL", "make-up water opens or shuts", ("open", "0.01bar")),
        Event(75, "BACKUP", "electric heater", ("0.1kW", "why")),
        Event(76, "METER", "reading of a heat meter refused", ("meter", "why")),
        Event(77, "LOOP", "loop in manual or back", ("loop", "mode")),
        Event(78, "CALL", "somebody is wanted", ("cause",)),
        Event(79, "PUMP", "circulation pump: stopped by its thermostat, or runs", ("runs", "0.01degC")),
    ),
)  # fmt: skip
