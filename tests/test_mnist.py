"""The digits that ship with the course."""

import numpy as np

from paperclub.data.mnist import mnist, pack


def test_there_are_five_hundred_of_each_digit():
    images, labels = mnist()
    assert images.shape == (5000, 28, 28) and images.dtype == np.uint8
    assert np.bincount(labels).tolist() == [500] * 10


def test_ink_is_bright_and_lies_in_the_middle():
    images, _ = mnist()
    assert images.max() == 255
    assert images[:, 10:18, 10:18].mean() > 10 * images[:, :3].mean()


def test_a_table_is_packed_as_it_was(tmp_path):
    images, labels = mnist()
    rows = np.column_stack([images[:3].reshape(3, -1), labels[:3]])
    np.savetxt(tmp_path / "table.csv", rows, delimiter=",", fmt="%d")
    pack(tmp_path / "table.csv", tmp_path / "again.npz")
    with np.load(tmp_path / "again.npz") as again:
        assert (again["images"] == images[:3]).all() and (again["labels"] == labels[:3]).all()
