"""Charging of the hot-water store: when, with what priority, how fast (domain brief §4b, §4d)."""


class Charge:
    """P401 and the wish for 62 degC.

    wanted        1: the store wants heat from the heat pumps (DHW_PRIORITY while `priority` is 1)
    priority      1: hot water goes before heating now; 0: it doesn't want, or heating has its turn
    priority_left s until the turn changes; 0 while there is no turn to change
    outlet        set-point for the heat pumps' outlet while priority is 1, 0.01 degC; 0: none
    run, speed    P401.Y and P401.SPD (0.1 %)
    loop          its Controller: sp, pv, out, mode, held_by
    """

    def __init__(self, table, par):
        self.par = par
        self.wanted = 0
        self.priority = 0
        self.priority_left = 0
        self.outlet = 0
        self.run = 0
        self.speed = 0

    def step(self, io, temps, sp, full, heating, allowed, stop, heat_kw, hand, now):
        """One scan. sp: store set-point (par.dhw_outlet, or the gateway's wish); full: charge down to the bottom
        (`hygiene.deep`); heating: heating wants the heat pumps too; allowed: the plant can give heat; stop: an
        interlock holds P401; heat_kw: heat of the machines, 0.1 kW; hand: NO_HAND or the operator's speed."""
