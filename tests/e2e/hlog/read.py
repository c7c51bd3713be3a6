"""Prints the figures of a log as Python's hdrhistogram reads it: "<tag> <figure> <value>" a line."""
import sys

from hdrh.histogram import HdrHistogram
from hdrh.log import HistogramLogReader

reader = HistogramLogReader(sys.argv[1], HdrHistogram(1, 2**42 - 1, 3))
while histogram := reader.get_next_interval_histogram():
    start, end = histogram.get_start_time_stamp(), histogram.get_end_time_stamp()
    figures = {
        "start_ms": round(start - reader.get_start_time_sec() * 1000),
        "length_ms": round(end - start),
        "count": histogram.get_total_count(),
        "max": histogram.get_max_value(),
        "mean": round(histogram.get_mean_value()),
    }
    for percentile in (50, 75, 90, 99, 99.9, 99.99, 100):
        figures[f"p{percentile}"] = histogram.get_value_at_percentile(percentile)
    for name, value in figures.items():
        print(histogram.get_tag(), name, value)
