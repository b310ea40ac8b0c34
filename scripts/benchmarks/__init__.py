"""Works measured beside their peers: `python -m benchmarks`, which scripts/bench starts.

A work is one file of ``works/``; it holds every engine that carries the work out, ours among them,
and a reference in NumPy that says whether they did the same. Every engine runs in a process of its
own and is asked for one turn after the other.
A folder ``benchmarks/works`` elsewhere on the path adds works of its own.
"""

from pkgutil import extend_path

__path__ = extend_path(__path__, __name__)
