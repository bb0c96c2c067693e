// Builds Telegraf from the Go module proxy, for `benchmarks/telegraf.py`. See build.sh beside this file.
module quanyan.local/tools/telegraf

go 1.25.10

require github.com/influxdata/telegraf v1.37.2
