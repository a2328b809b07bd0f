"""The cache of compiled kernels: made once for each machine and version of our sources, kept beside them.

numba's own cache looks at the file of a kernel alone: constants and kernels that it imports could change
under it. Ours looks at all sources of the packages that have kernels, at what they share (ahead.py) and at
how they are compiled and kept (written against numba 0.68). Where nothing can be written, an image's
read-only root for one, what was compiled there before is still used.
"""

import zlib
from collections.abc import Callable
from contextlib import suppress
from functools import cache, partial
from hashlib import blake2b
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar, Self, cast

from llvmlite import binding
from numba.core.caching import (
    CompileResultCacheImpl,
    FunctionCache,
    IndexDataCacheFile,
    InTreeCacheLocator,
    UserProvidedCacheLocator,
    UserWideCacheLocator,
)
from numba.core.codegen import JITCodeLibrary
from numba.core.environment import Environment, lookup_environment
from numba.core.runtime.nrt import rtsys

from streams.absent import absent

_PACKAGES = ("cleaning", "dedup", "tagging")
_SHARED = ("ahead.py", "compiled.py", Path(__file__).name)


class _CacheFile(IndexDataCacheFile):
    """An index that older sources have written may name what is not there any more: then it is stale."""

    def _load_index(self) -> Any:
        try:
            return super()._load_index()  # type: ignore[no-untyped-call]
        except (AttributeError, ImportError):
            return {}


class _AsInstalled(InTreeCacheLocator):
    """Beside the sources, as numba's own, but to be read where it cannot be written."""

    def ensure_cache_path(self) -> None:
        """Nothing: a save that fails is no error."""


class _Compiled(_AsInstalled):
    """The same, where the installation has brought compiled kernels."""

    @classmethod
    def from_function(cls, py_func: Callable[..., object], py_file: str) -> Self | None:
        beside = Path(py_file).parent / "__pycache__"
        return cls(py_func, py_file) if any(beside.glob("*.nbi")) else None


class _Library(JITCodeLibrary):
    """Compiled code without its intermediate form, until a kernel that is compiled now wants to inline it.

    numba parses that form at every load: half of a start's time for kernels, and 35 MB for all of them.
    Packed, as it is kept, it would still take 2 MB of those that Python calls.
    """

    packed: Callable[[], bytes] | None = None
    """Reads the intermediate form; raises RuntimeError where it is gone."""

    @classmethod
    def _unserialize(cls, codegen: Any, state: Any) -> Any:
        name, kind, code = state
        if kind != "object":
            return super()._unserialize(codegen, state)  # type: ignore[no-untyped-call]
        library: Any = cls(codegen, name)
        machine_code, _packed = code
        library.enable_object_caching()
        library._set_compiled_object(machine_code)
        library._finalize_final_module()
        return library

    def _get_module_for_linking(self) -> Any:
        if self._shared_module is None and self.packed is not None:
            self._shared_module = binding.parse_bitcode(zlib.decompress(self.packed()))
        return super()._get_module_for_linking()  # type: ignore[no-untyped-call]


class _CacheImpl(CompileResultCacheImpl):
    _locator_classes: ClassVar[list[type[object]]] = [  # type: ignore[misc]
        UserProvidedCacheLocator,
        InTreeCacheLocator,
        _Compiled,
        UserWideCacheLocator,
        _AsInstalled,
    ]

    def reduce(self, data: Any) -> Any:
        """What is kept of compiled code: as numba does, but the intermediate form packed, no listing of the
        source with its types, and of other functions' environments what `_environment` takes.
        """
        made = super().reduce(data)  # type: ignore[no-untyped-call]
        (name, kind, (code, intermediate)), function, own, signature, objects, lifted, _, begin, others = made
        library = (name, kind, (code, zlib.compress(intermediate)))
        environments = tuple((one.globals["__name__"], tuple(one.consts), one.env_name) for one in others)
        return library, function, own, signature, objects, lifted, "", begin, environments

    def rebuild(self, target_context: Any, payload: Any) -> Any:
        """Loads machine code. What of it Python calls has to be named: numba reads that from the rest."""
        codegen = target_context.codegen()
        codegen._library_class = _Library
        *rest, others = payload
        function, environment = rest[1:3]
        codegen._engine._defined_symbols |= {
            function.llvm_func_name,
            function.llvm_cpython_wrapper_name,
            function.llvm_cfunc_wrapper_name,
            environment.env_name,
        }
        environments = tuple(_environment(*one) for one in others)
        return super().rebuild(target_context, (*rest, environments))  # type: ignore[no-untyped-call]


def _environment(module: str, constants: tuple[Any, ...], name: str) -> Environment:
    """The environment of a function that a kernel has taken in, mostly one of numba's: its constants.

    numba would import the function's module, for globals that only code with Python's objects looks at.
    """
    if (known := lookup_environment(name)) is not None:  # type: ignore[no-untyped-call]
        return cast(Environment, known)
    made: Any = Environment({"__name__": module})
    made.consts[:] = constants
    made.env_name = name
    Environment._memo[name] = made
    return cast(Environment, made)


class KernelCache(FunctionCache):
    """A kernel's cache, stale when any source of the stages has changed."""

    _impl_class = _CacheImpl

    def __init__(self, function: Callable[..., object]) -> None:
        super().__init__(function)  # type: ignore[no-untyped-call]
        self._cache_file = _CacheFile(  # type: ignore[no-untyped-call]
            cache_path=self._cache_path,
            filename_base=self._impl.filename_base,
            source_stamp=(self._impl.locator.get_source_stamp(), sources()),
        )

    @property
    def compiled_before(self) -> bool:
        """Whether compiled code of these sources is there, for whatever processor."""
        return bool(self._cache_file._load_index())  # type: ignore[no-untyped-call]

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Compiled code, None where there is none yet.

        numba would first load all that it can compile: 15 MB and .2 s, of use when something is compiled.
        """
        rtsys.initialize(target_context)  # memory and counts of references, which compiled code calls
        with self._guard_against_spurious_io_errors():
            key = self._index_key(sig, target_context.codegen())  # type: ignore[no-untyped-call]
            if (found := self._load_overload(sig, target_context)) is not None:  # type: ignore[no-untyped-call]
                found.library.packed = partial(self._packed, key)
                return found
        # numba 0.68 loads scipy's linear algebra with its own of arrays: 9 MB and .3 s for what no kernel of
        # ours uses. An installation from the lock has no scipy.
        with absent("scipy.linalg"):
            import_module("numba.np.arraymath")
        return None

    def _packed(self, key: Any) -> bytes:
        """The intermediate form of compiled code that was loaded, as `reduce` has packed it."""
        if (kept := self._cache_file.load(key)) is None:  # type: ignore[no-untyped-call]
            raise RuntimeError(f"{self._name}: its compiled code has gone since it was loaded; start again")
        (_name, _kind, (_code, packed)), *_rest = kept
        return bytes(packed)

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keeps compiled code. A full disk, or one that is not ours to write, costs the next start only."""
        with suppress(OSError):
            super().save_overload(sig, data)  # type: ignore[no-untyped-call]


def folder_of(function: Callable[..., object]) -> Path:
    """Where compiled code of this function, and what else is made of its sources, is kept."""
    return Path(_CacheImpl(function)._locator.get_cache_path())  # type: ignore[no-untyped-call]


@cache
def sources() -> str:
    """A hash of the sources of the packages that have kernels, and of how they are compiled: 5 ms."""
    digest = blake2b(digest_size=16)
    root = Path(__file__).parent
    packages = sorted(path for package in _PACKAGES for path in (root / package).rglob("*.py"))
    for path in (*(root / name for name in _SHARED), *packages):
        digest.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
