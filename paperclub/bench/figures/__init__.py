"""The figures, measured in a browser, beside BertViz showing the same attentions."""

from paperclub.bench.figures.measure import measure_figures

__all__ = ["measure_figures"]
