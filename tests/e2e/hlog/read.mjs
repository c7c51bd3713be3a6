// Prints the figures of a log as hdr-histogram-js reads it: "<tag> <figure> <value>" a line.
import { readFileSync } from "node:fs";
import { HistogramLogReader } from "hdr-histogram-js";

const reader = new HistogramLogReader(readFileSync(process.argv[2], "utf8"));
for (let histogram = reader.nextIntervalHistogram(); histogram; histogram = reader.nextIntervalHistogram()) {
  const print = (name, value) => console.log(`${histogram.tag} ${name} ${value}`);
  print("start_ms", Math.round(histogram.startTimeStampMsec - reader.startTimeSec * 1000));
  print("length_ms", Math.round(histogram.endTimeStampMsec - histogram.startTimeStampMsec));
  print("count", histogram.totalCount);
  print("max", histogram.maxValue);
  print("mean", Math.round(histogram.mean));
  for (const percentile of [50, 75, 90, 99, 99.9, 99.99, 100])
    print(`p${percentile}`, histogram.getValueAtPercentile(percentile));
}
