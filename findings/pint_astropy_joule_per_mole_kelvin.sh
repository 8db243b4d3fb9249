#!/usr/bin/env bash
# pint and astropy: the unit J/mol K (pint 0.25.3, astropy 8.0.2)
#
# Guess:     the unit of the gas constant written in a line, J/mol K or J / mol * K, is one unit to two libraries, or is refused as
#            ambiguous.
# Behaviour: pint reads from left to right, as Python does: J K/mol. In astropy a product, with a blank or with *, binds tighter than
#            the slash: J/(mol K). An acceleration written m/s s is a length to pint. Neither raises or warns; at J/mol/K, which
#            both read alike, astropy does warn. Brackets and powers are safe.
#            Letters differ too: R is the gas constant to pint and the rayleigh to astropy, k Boltzmann's constant and the kayser.
# Seen:      "J/mol K: pint J*K/mol, astropy J/(mol K); J / mol * K: J*K/mol, J/(mol K); m/s s: m, m/s^2; in brackets or with powers:
#            alike True; J/mol/K: alike True, warnings 1; R and k in astropy: Rayleigh Kayser"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q pint==0.25.3 astropy==8.0.2
cat >read_units.py <<'PY'
import warnings

import pint
from astropy import units

warnings.simplefilter("error")
registry = pint.UnitRegistry()
NAMES = {
    "J*K/mol": (registry.joule * registry.kelvin / registry.mole, units.J * units.K / units.mol),
    "J/(mol K)": (registry.joule / (registry.mole * registry.kelvin), units.J / (units.mol * units.K)),
    "m": (registry.meter, units.m),
    "m/s^2": (registry.meter / registry.second**2, units.m / units.s**2),
}


def read(text):
    """What pint and what astropy take the text for, each by a name from NAMES."""
    one, two = registry.Unit(text), units.Unit(text)
    return [name for name, (unit, _) in NAMES.items() if one == unit] + [name for name, (_, unit) in NAMES.items() if two == unit]


blank, star, fall = read("J/mol K"), read("J / mol * K"), read("m/s s")
alike = [read(text) for text in ("J/(mol K)", "J mol^-1 K^-1")]
same = alike == [["J/(mol K)"] * 2] * 2
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    slashes = read("J/mol/K")
letters = [registry.Unit(letter) for letter in "Rk"], [units.Unit(letter).long_names[0] for letter in "Rk"]
gas, boltzmann = (unit == name for unit, name in zip(letters[0], (registry.molar_gas_constant, registry.boltzmann_constant)))
print(
    f"J/mol K: pint {blank[0]}, astropy {blank[1]}; J / mol * K: {star[0]}, {star[1]}; m/s s: {fall[0]}, {fall[1]}; "
    f"in brackets or with powers: alike {same}; J/mol/K: alike {slashes[0] == slashes[1]}, warnings {len(told)}; R and k in astropy: {' '.join(letters[1])}"
)
differ = blank == star == ["J*K/mol", "J/(mol K)"] and fall == ["m", "m/s^2"]
raise SystemExit(0 if differ and same and slashes == ["J/(mol K)"] * 2 and len(told) == 1 and gas and boltzmann and letters[1] == ["Rayleigh", "Kayser"] else "CHANGED")
PY
env/bin/python read_units.py
