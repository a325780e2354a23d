"""Mutants of a reference: the same code with one small thing wrong in it.

A check that passes a mutant is blind to that mistake. Mutants are made from the syntax tree of
``solutions/SLUG.py``: of the reference, and of the functions, classes and constants of the file
that it uses, but for those that another exercise asks for, which are mutated there.
"""

import ast
import copy
import functools
import itertools
import types
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from paperclub.errors import CourseError
from paperclub.exercises import Exercise
from paperclub.exercises.notion import Answer

OPERATORS = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div,),
    ast.Div: (ast.Mult,),
    ast.FloorDiv: (ast.Mult,),
    ast.Mod: (ast.FloorDiv,),
    ast.Pow: (ast.Mult,),
    ast.MatMult: (ast.Mult,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.And: (ast.Or,),
    ast.Or: (ast.And,),
}
COMMUTE = (ast.Add, ast.Mult, ast.BitAnd, ast.BitOr)
PAIRS = [
    ("max", "min"), ("amax", "amin"), ("argmax", "argmin"), ("maximum", "minimum"),
    ("sum", "mean"), ("var", "std"), ("tril", "triu"), ("sin", "cos"), ("zeros", "ones"),
    ("zeros_like", "ones_like"), ("exp", "log"), ("sqrt", "square"), ("softmax", "log_softmax"),
    ("any", "all"), ("floor", "ceil"),
]  # fmt: skip
TWINS = dict(PAIRS) | {right: left for left, right in PAIRS}
Holder = ast.FunctionDef | ast.ClassDef | ast.Assign


@dataclass(frozen=True)
class Mutant:
    """A reference with one change.

    Attributes:
        name: Where and what: ``"weights: return softmax(x, -1) → return softmax(x, -2)"``.
        tree: The file with that change in it.
        exercise: The exercise whose reference it is.
        path: The file.
    """

    name: str
    tree: ast.Module
    exercise: Exercise
    path: Path

    @functools.cached_property
    def answer(self) -> Answer | None:
        """The changed reference, made once it is asked for; None if the file does not even load."""
        module = types.ModuleType(f"mutant_of_{self.path.stem}")
        module.__file__ = str(self.path)
        try:
            exec(compile(self.tree, f"<mutant of {self.path.name}>", "exec"), vars(module))
            return next(one for one in module.EXERCISES if one.id == self.exercise.id).reference
        except Exception:  # noqa: BLE001 - what cannot be loaded is dead, for whatever reason
            return None


def mutants(exercise: Exercise, path: Path) -> Iterator[Mutant]:
    """Yield every mutant of an exercise's reference, in the order of its lines.

    Args:
        exercise: The exercise.
        path: The file that holds it.

    Raises:
        CourseError: The reference is not made by a function or class at the top of the file.
    """
    tree = ast.parse(path.read_text("utf-8"))
    counted: Counter[str] = Counter()
    for place in _places(exercise, tree, path):
        original = tree.body[place]
        assert isinstance(original, Holder)  # nothing else makes a name
        seen = {ast.dump(original)}
        for label, changed in _changes(original):
            if ast.dump(changed) in seen:
                continue
            seen.add(ast.dump(changed))
            counted[label] += 1
            # The same change of two lines that read the same: the second is told by its number.
            name = label if counted[label] == 1 else f"{label} ({counted[label]})"
            body = [*tree.body[:place], changed, *tree.body[place + 1 :]]
            yield Mutant(name, ast.Module(body, []), exercise, path)


def _places(exercise: Exercise, tree: ast.Module, path: Path) -> list[int]:
    """Return where in the file the code stands that makes the reference, and it alone."""
    held = {name: place for place, node in enumerate(tree.body) for name in _names(node)}
    own = _roots(exercise)
    missing = own - held.keys()
    if missing:
        raise CourseError(
            f"{path.name}: the reference of {exercise.id} is made by {', '.join(sorted(missing))}, "
            "which does not stand at the top of the file. No mutants can be made of it."
        )
    open_names, found = list(own), set()
    others = _asked_for_elsewhere(exercise, tree) - own
    while open_names:
        name = open_names.pop()
        if name not in held or held[name] in found or name in others:
            continue
        found.add(held[name])
        open_names += [
            node.id for node in ast.walk(tree.body[held[name]]) if isinstance(node, ast.Name)
        ]
    return sorted(found)


def _names(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Assign):
        return [target.id for target in node.targets if isinstance(target, ast.Name)]
    return []


def _roots(exercise: Exercise) -> set[str]:
    """Return the names at the top of the file that make the reference."""
    answers = exercise.reference
    answers = answers if isinstance(answers, tuple) else (answers,)
    return {
        getattr(answer, "__qualname__", type(answer).__name__).partition(".")[0]
        for answer in answers
    }


def _asked_for_elsewhere(exercise: Exercise, tree: ast.Module) -> set[str]:
    """Return what the week's other exercises give as ``reference=``."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {
        name.id
        for call in calls
        if not any(
            word.arg == "id" and getattr(word.value, "value", None) == exercise.id
            for word in call.keywords
        )
        for word in call.keywords
        if word.arg == "reference"
        for name in ast.walk(word.value)
        if isinstance(name, ast.Name)
    }


def _changes(holder: Holder) -> Iterator[tuple[str, Holder]]:
    """Yield each single change of a definition, with words for it."""
    groups = _alike(holder)
    for number, node in enumerate(_own_nodes(holder)):
        for replacement in _replacements(node, groups):
            changed = copy.deepcopy(holder)
            place = next(itertools.islice(_own_nodes(changed), number, None))
            line, after = _swap(changed, place, replacement)
            where = "" if isinstance(holder, ast.Assign) else f"{holder.name}: "
            yield f"{where}{line} → {after}", changed


def _swap(holder: Holder, old: ast.AST, new: ast.AST) -> tuple[str, str]:
    """Put ``new`` in the place of ``old``; return its statement's line before and after."""
    statement = next(s for s in reversed(list(_statements(holder))) if _holds(s, old))
    before, whole = _line(statement), statement is old
    around = holder if whole else statement
    parent = next(n for n in ast.walk(around) if old in _children(n))
    for field, value in ast.iter_fields(parent):
        if value is old:
            setattr(parent, field, new)
        elif isinstance(value, list):
            setattr(parent, field, [new if item is old else item for item in value])
    ast.fix_missing_locations(holder)
    return before, _line(new if whole else statement)


def _holds(statement: ast.stmt, node: ast.AST) -> bool:
    return any(node is one for one in ast.walk(statement))


def _children(node: ast.AST) -> list[ast.AST]:
    return list(ast.iter_child_nodes(node))


def _line(statement: ast.AST) -> str:
    return ast.unparse(statement).splitlines()[0]


def _statements(holder: Holder) -> Iterator[ast.stmt]:
    # Breadth first: the last that holds a node is the innermost.
    return (node for node in ast.walk(holder) if isinstance(node, ast.stmt))


def _own_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """Walk what runs: not annotations, decorators, docstrings or names of parameters."""
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "decorator_list", "type_params", "bases"):
            continue
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, ast.AST) and not _is_docstring(item):
                yield item
                yield from _own_nodes(item)


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _alike(holder: Holder) -> dict[str, set[str]]:
    """Group the names that are easily exchanged: parameters, and what one line unpacks."""
    groups = []
    for node in ast.walk(holder):
        if isinstance(node, ast.arguments):
            every = [*node.posonlyargs, *node.args, *node.kwonlyargs]
            groups.append({one.arg for one in every} - {"self"})
        if isinstance(node, ast.Tuple) and isinstance(node.ctx, ast.Store):
            groups.append({name.id for name in node.elts if isinstance(name, ast.Name)})
    return {name: group - {name} for group in groups for name in group}


def _replacements(node: ast.AST, alike: dict[str, set[str]]) -> Iterator[ast.AST]:
    """Yield what may stand in the place of ``node``."""
    if isinstance(node, ast.BinOp | ast.AugAssign | ast.BoolOp | ast.Compare):
        yield from _other_operators(node)
    if isinstance(node, ast.Constant):
        yield from _other_constants(node.value)
    if isinstance(node, ast.UnaryOp):
        yield node.operand
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        yield from (ast.Name(other, ast.Load()) for other in sorted(alike.get(node.id, ())))
    if isinstance(node, ast.Call):
        yield from _other_calls(node)
    if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
        if node.attr in TWINS:
            yield ast.Attribute(node.value, TWINS[node.attr], ast.Load())
        elif node.attr in ("T", "mT", "H", "mH", "real"):
            yield node.value
    if isinstance(node, ast.If | ast.IfExp | ast.While):
        yield _with(node, test=ast.UnaryOp(ast.Not(), node.test))
    if isinstance(node, ast.comprehension) and node.ifs:
        yield _with(node, ifs=[])
    if isinstance(node, ast.Slice):
        yield from _off_by_one(node)
    # A dropped `return` or definition would only make a stub of the reference.
    kept = ast.Return | ast.FunctionDef | ast.ClassDef | ast.Pass | ast.Import | ast.ImportFrom
    if isinstance(node, ast.stmt) and not isinstance(node, kept):
        yield ast.Pass()


def _with(node: ast.AST, **fields: object) -> ast.AST:
    changed = copy.copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed


def _other_operators(
    node: ast.BinOp | ast.AugAssign | ast.BoolOp | ast.Compare,
) -> Iterator[ast.AST]:
    if isinstance(node, ast.Compare):
        for other in OPERATORS.get(type(node.ops[0]), ()):
            yield _with(node, ops=[other(), *node.ops[1:]])
        return
    for other in OPERATORS.get(type(node.op), ()):
        yield _with(node, op=other())
    if isinstance(node, ast.BinOp):
        yield node.left  # a term dropped
        yield node.right
        if not isinstance(node.op, COMMUTE):
            yield ast.BinOp(node.right, node.op, node.left)
    if isinstance(node, ast.BoolOp):
        yield from node.values
    if isinstance(node, ast.AugAssign):
        yield ast.Assign([node.target], node.value)


def _other_constants(value: object) -> Iterator[ast.Constant]:
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int):
        yield from (ast.Constant(other) for other in dict.fromkeys((value + 1, value - 1, 0, 1)))
    elif isinstance(value, float):
        others = (value * 2, value / 2, value + 1, 0.0, 1.0)
        yield from (ast.Constant(other) for other in dict.fromkeys(others))


def _other_calls(node: ast.Call) -> Iterator[ast.AST]:
    if isinstance(node.func, ast.Attribute):
        yield node.func.value  # x.f(…) becomes x
    if node.args:
        yield node.args[0]  # f(x, …) becomes x
    for left, right in itertools.combinations(range(len(node.args)), 2):
        swapped = list(node.args)
        swapped[left], swapped[right] = swapped[right], swapped[left]
        yield _with(node, args=swapped)
    if node.args:
        yield _with(node, args=node.args[:-1])
    for word in node.keywords:
        yield _with(node, keywords=[one for one in node.keywords if one is not word])
    if getattr(node.func, "id", None) == "range":
        for place, argument in enumerate(node.args):
            for other in _shifted(argument):
                yield _with(node, args=[*node.args[:place], other, *node.args[place + 1 :]])


def _off_by_one(node: ast.Slice) -> Iterator[ast.AST]:
    for field in ("lower", "upper"):
        bound = getattr(node, field)
        if bound is not None:
            yield _with(node, **{field: None})
            yield from (_with(node, **{field: other}) for other in _shifted(bound))


def _shifted(node: ast.expr) -> Iterator[ast.expr]:
    if not isinstance(node, ast.Constant):  # whose neighbours are tried anyway
        yield ast.BinOp(node, ast.Add(), ast.Constant(1))
        yield ast.BinOp(node, ast.Sub(), ast.Constant(1))
