"""EN5: sixty cars come at once; the transformer's cap holds to 5 % for 5 s (§6)."""

from __future__ import annotations

from hil_tests.conftest import MakeEnergy

CAP_KW = 1280.0


def test_en5_a_surge_of_cars_stays_under_the_cap(make_energy: MakeEnergy) -> None:
    rig = make_energy(base_kw=900, hour=0.0, ev_up_s=1)
    rig.until_state("RUN", within_s=30)
    rig.command("EV_SHARE", 320, 600)
    for word in range(6):
        rig.command("EV_ENABLE", word, 0xFFFF, 600)
    rig.until(lambda: rig.district.charging.share_in_force == 32.0, within_s=60)
    rig.fail("EV", "surge")
    highest = over_s = 0.0
    for _ in range(250):
        rig.run(0.1)
        highest = max(highest, rig.kw("grid"))
        over_s += 0.1 if rig.kw("grid") > CAP_KW else 0.0
    assert highest <= 1.05 * CAP_KW
    assert over_s <= 5.0
    assert rig.kw("grid") > 0.9 * CAP_KW, "what the cap leaves is given to the cars"
