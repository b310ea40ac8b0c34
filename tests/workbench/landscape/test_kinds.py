"""Each kind of plane against its definition."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial import distance
from sklearn.decomposition import PCA

import workbench as wb
from workbench.landscape import Path, Scene, kinds, lay_plane, plane_of_path
from workbench.landscape.kinds import build
from workbench.landscape.kinds.curve import ExpectedLoss, bernstein, connect
from workbench.landscape.kinds.eigen import top_eigenvectors


@pytest.fixture(scope="module")
def run(full_batch):
    made = wb.Run(full_batch)
    made.step(150)
    return made


@pytest.fixture(scope="module")
def ends(full_batch):
    """Where three starts end, float64 (3, n)."""
    runs = [wb.run(full_batch.replace(start=k), steps=400) for k in range(3)]
    return np.array([r.parameters for r in runs], np.float64)


def scene(run, points=(), names=()):
    steps, trail = run.trail()
    return Scene(run.model, Path(steps, np.asarray(trail, np.float64)), tuple(points), names)


def view(run, kind, at=(), **options):
    names = tuple(f"point {k}" for k in range(len(at)))
    return build(kinds.catalog.get(kind).make(options), scene(run, at, names))


def wander(m, n, seed=0):
    """A random walk (m, n) that goes farther along some directions than others."""
    rng = np.random.default_rng(seed)
    return np.cumsum(rng.normal(size=(m, n)) * np.linspace(2.0, 0.1, n), axis=0)


def assert_orthonormal(plane):
    np.testing.assert_allclose(plane.directions @ plane.directions.T, np.eye(2), atol=1e-12)


@pytest.mark.parametrize("kind", kinds.catalog.names())
def test_every_kind_makes_a_plane_and_a_picture(kind, run, ends):
    entry = kinds.catalog.get(kind)
    points = list(ends[: len(entry.facts["points"])])
    made = lay_plane(run, kind, resolution=5, points=points or None)
    assert made.values.shape == (5, 5)
    assert made.plane.kind == kind
    assert np.isfinite(made.values).all()
    assert all(made.plane.axes)
    assert np.linalg.matrix_rank(made.plane.directions) == 2
    inside = (made.path >= [made.along[0], made.across[0]]) & (
        made.path <= [made.along[-1], made.across[-1]]
    )
    assert inside.all()
    assert (made.fit.path.name == "step") == entry.facts["path"]


# -- principal components -----------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(40, 12), (5, 158), (3, 3)])
def test_directions_are_the_principal_components(shape):
    path = wander(*shape)
    plane = plane_of_path(path)
    pca = PCA(2).fit(path)
    assert_orthonormal(plane)
    np.testing.assert_array_equal(plane.origin, path[-1])
    for ours, theirs in zip(plane.directions, pca.components_, strict=True):
        assert abs(ours @ theirs) == pytest.approx(1.0)
        assert ours[np.abs(ours).argmax()] > 0
    share = plane.share(path, path.mean(0))
    assert share == pytest.approx(pca.explained_variance_ratio_.sum())


@pytest.mark.parametrize(
    "path",
    [np.ones((1, 5)), np.ones((4, 5)), np.outer(np.arange(4), np.arange(5.0)), np.ones((3, 2))],
    ids=["one point", "standing still", "a straight line", "two parameters"],
)
def test_paths_of_fewer_directions_get_random_ones(path):
    plane = plane_of_path(path)
    assert_orthonormal(plane)
    assert plane.share(path, path.mean(0)) == pytest.approx(1.0)
    again = plane_of_path(path)
    np.testing.assert_array_equal(again.directions, plane.directions)
    other = plane_of_path(path, seed=1)
    assert np.abs(other.directions - plane.directions).max() > 1e-3


def test_a_single_parameter_has_one_direction():
    plane = plane_of_path(np.array([[1.0], [3.0]]))
    assert plane.directions.tolist() == [[1.0], [0.0]]
    assert plane.project(np.array([[2.0]])).tolist() == [[-1.0, 0.0]]


def test_the_growing_path_does_not_flip_the_picture(run):
    _, trail = run.trail()
    earlier, later = plane_of_path(trail[:-1]), plane_of_path(trail)
    for a, b in zip(earlier.directions, later.directions, strict=True):
        assert a @ b > 0.9


# -- random directions --------------------------------------------------------------------------


def parts(run, vector):
    """(weights (n_in, n_out), bias) of every layer."""
    return [(vector[la.weights].reshape(la.shape), vector[la.bias]) for la in run.model.layers]


def test_filters_have_the_length_of_the_networks_own(run):
    made = view(run, "random", seed=4)
    at = run.parameters.astype(np.float64)
    for direction in made.plane.directions:
        pairs = zip(parts(run, direction), parts(run, at), strict=True)
        for (weights, bias), (own, _) in pairs:
            for unit in range(weights.shape[1]):
                wanted = np.linalg.norm(own[:, unit])
                assert np.linalg.norm(weights[:, unit]) == pytest.approx(wanted, rel=1e-9)
            assert not bias.any()
    first, second = made.plane.directions
    cosine = first @ second / np.linalg.norm(first) / np.linalg.norm(second)
    assert made.plane.facts["angle_degrees"] == pytest.approx(np.degrees(np.arccos(cosine)))


def test_the_other_normalisations(run):
    at = run.parameters.astype(np.float64)
    drawn = parts(
        run, view(run, "random", normalisation="none", biases="random").plane.directions[0]
    )
    layer = parts(
        run, view(run, "random", normalisation="layer", biases="copy").plane.directions[0]
    )
    weight = parts(run, view(run, "random", normalisation="weight").plane.directions[0])
    for k, (own, own_bias) in enumerate(parts(run, at)):
        scale = np.linalg.norm(own) / np.linalg.norm(drawn[k][0])
        np.testing.assert_allclose(layer[k][0], drawn[k][0] * scale, rtol=1e-8)
        np.testing.assert_allclose(weight[k][0], drawn[k][0] * own, rtol=1e-12)
        np.testing.assert_array_equal(layer[k][1], own_bias)
        assert drawn[k][1].any()
    whole = view(run, "random", normalisation="none", biases="random").plane.directions
    assert abs(whole.mean()) < 0.2
    assert whole.std() == pytest.approx(1.0, abs=0.15)
    other = view(run, "random", normalisation="none", biases="random", seed=1).plane.directions
    assert abs(np.corrcoef(whole.ravel(), other.ravel())[0, 1]) < 0.2


def test_no_weights_give_no_normalised_direction(full_batch):
    run = wb.Run(full_batch.replace(initializer="zeros"))
    with pytest.raises(wb.WorkbenchError, match=r"all zero.*normalisation = none"):
        view(run, "random")
    assert view(run, "random", normalisation="none").plane.directions.any()


# -- through points -----------------------------------------------------------------------------


def test_three_points_keep_their_distances(run, ends):
    made = view(run, "three", ends)
    assert_orthonormal(made.plane)
    flat = made.plane.project(ends)
    np.testing.assert_allclose(distance.pdist(flat), distance.pdist(ends))
    np.testing.assert_allclose(made.plane.distances(ends), 0.0, atol=1e-12)
    np.testing.assert_allclose(flat[0], 0.0, atol=1e-12)
    assert flat[1, 1] == pytest.approx(0.0, abs=1e-12)
    assert flat[2, 1] > 0


def test_three_points_on_a_line_are_refused(run, ends):
    a, b, _ = ends
    with pytest.raises(wb.WorkbenchError, match="on one line"):
        view(run, "three", (a, b, 2 * a - b))


def test_the_line_goes_straight_and_is_measured(run, ends, plain_tutorial):
    made = view(run, "line", ends[:2], points=11)
    assert_orthonormal(made.plane)
    (profile,) = made.profiles
    train, test = run.model.data.train, run.model.data.test
    for k, t in enumerate(np.linspace(0, 1, 11)):
        point = (1 - t) * ends[0] + t * ends[1]
        wanted = plain_tutorial.loss(point, train.inputs, train.targets)
        assert profile.loss[k] == pytest.approx(wanted, rel=1e-4, abs=1e-7)
        on_test = plain_tutorial.loss(point, test.inputs, test.targets)
        assert profile.loss_test[k] == pytest.approx(on_test, rel=1e-4, abs=1e-7)
        right = plain_tutorial.accuracy(point, train.inputs, train.targets)
        assert profile.accuracy[k] == pytest.approx(right)
    chord = np.interp(profile.t, [0, 1], profile.loss[[0, -1]])
    assert profile.barrier == pytest.approx((profile.loss - chord).max())
    reach = np.linalg.norm(ends[1] - ends[0])
    np.testing.assert_allclose(made.plane.project(ends[:2]), [[0, 0], [reach, 0]], atol=1e-9)


def test_the_same_point_twice_is_refused(run, ends):
    for kind in ("line", "curve"):
        with pytest.raises(wb.BadValue, match="different points"):
            lay_plane(run, kind, points=[ends[0], ends[0]])


# -- the curve ----------------------------------------------------------------------------------


def test_the_expected_loss_is_an_integral_and_its_gradient_its_derivative(ends, full_batch):
    # float64: differences of float32 losses would drown in rounding.
    model = wb.Model(full_batch.replace(dtype="float64", network={"activations": ["tanh", "tanh"]}))
    a, b, c = ends
    loss = ExpectedLoss(model, a, b, 1, 24)
    value, gradient = loss(c)
    t = (np.arange(4000) + 0.5) / 4000
    curve = ((1 - t) ** 2)[:, None] * a + (2 * t * (1 - t))[:, None] * c + (t**2)[:, None] * b
    fine = np.mean([model.loss_and_gradient(point)[0] for point in curve[::8]])
    assert value == pytest.approx(fine, rel=1e-3)
    rng = np.random.default_rng(0)
    for _ in range(3):
        way = rng.normal(size=len(c))
        way *= 1e-5 / np.linalg.norm(way)
        slope = (loss(c + way)[0] - loss(c - way)[0]) / 2
        assert gradient @ way == pytest.approx(slope, rel=1e-6, abs=1e-16)


def test_bernstein_weights_are_de_casteljaus():
    rng = np.random.default_rng(1)
    control = rng.normal(size=(5, 3))
    for t in (0.0, 0.3, 0.77, 1.0):
        rest = control
        while len(rest) > 1:
            rest = (1 - t) * rest[:-1] + t * rest[1:]
        np.testing.assert_allclose(bernstein(4, np.array([t])) @ control, rest, atol=1e-14)


def test_the_curve_evades_the_barrier_of_the_line(run, ends):
    made = view(run, "curve", ends[:2])
    curve, line = made.profiles
    assert (curve.name, line.name) == ("curve", "line")
    np.testing.assert_allclose(curve.loss[[0, -1]], line.loss[[0, -1]], rtol=1e-5)
    assert line.barrier > 0.01
    assert curve.barrier < 0.2 * line.barrier
    assert curve.mean < line.mean
    # The quadratic curve lies in its plane.
    np.testing.assert_allclose(made.plane.distances(made.path.points), 0.0, atol=1e-9)
    bent = connect(run.model, *ends[:2], bends=2, steps=5)
    np.testing.assert_array_equal(bent[[0, -1]], ends[:2])
    assert bent.shape == (4, run.model.parameter_count)
    held = connect(run.model, *ends[:2], cancelled=lambda: True)
    assert np.linalg.norm(held[1] - ends[:2].mean(0)) <= np.linalg.norm(ends[1] - ends[0])


# -- eigenvectors and single parameters ---------------------------------------------------------


def test_eigenvectors_are_the_hessians_whichever_way(run):
    at = run.parameters.astype(np.float64)
    matrix = run.model.hessian(at)
    wanted = np.linalg.eigvalsh(matrix)[::-1]
    for below in (600, 0):
        values, vectors = top_eigenvectors(run.model, at, 2, below)
        np.testing.assert_allclose(values, wanted[:2], rtol=1e-6)
        np.testing.assert_allclose(vectors @ vectors.T, np.eye(2), atol=1e-8)
        np.testing.assert_allclose(vectors @ matrix, values[:, None] * vectors, atol=1e-5)


def test_two_weights_move_and_the_others_do_not(run):
    made = view(run, "weights", first=0, second=17)
    moved = made.plane.at(np.array([[0.5, -2.0]]))[0] - run.parameters
    assert np.flatnonzero(np.abs(moved) > 1e-12).tolist() == [0, 17]
    assert moved[[0, 17]] == pytest.approx([0.5, -2.0])
    assert made.plane.axes[1] == "change of weight 2→5 of 16 → 6"
    bias = view(run, "weights", first=101, second=157).plane
    assert bias.axes == ("change of bias of 5 of 16 → 6", "change of bias of 1 of 6 → 2")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"first": 158}, "plane.first.*from 0 to 157"),
        ({"second": 0}, "another place"),
        ({"first": -1}, "plane.first"),
        ({"third": 1}, "plane.third"),
    ],
)
def test_places_that_are_not_there_are_refused(run, options, words):
    with pytest.raises(wb.BadValue, match=words):
        lay_plane(run, "weights", options=options, resolution=3)
