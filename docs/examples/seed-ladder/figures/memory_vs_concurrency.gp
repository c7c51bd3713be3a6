# Memory of the service by number of users: run gnuplot on this file in its folder; it reads memory_vs_concurrency.dat and writes ../memory_vs_concurrency.png.
reset session
set terminal pngcairo size 1600,900 noenhanced font 'DejaVu Sans,21' linewidth 2.2 background '#ffffff'
set output '../memory_vs_concurrency.png'
set label 1 'Memory of the service by number of users' at screen 0.02,0.952 left font 'DejaVu Sans:Bold,30'
set label 2 '1 CPU, 2 GiB each · PostgreSQL 15.18 (Debian 15.18-0+deb12u1) · 1 block × 10 s per level' at screen 0.02,0.900 left font 'DejaVu Sans,19' textcolor rgb '#555555'
set tmargin at screen 0.78
set key at screen 0.985,0.87 maxrows 2
set key right top vertical Left reverse width 1 samplen 2.6 spacing 1.2 font 'DejaVu Sans,19'
set lmargin at screen 0.13
set rmargin at screen 0.975
set bmargin at screen 0.18
set border 3 back linecolor rgb '#888888' linewidth 0.6
set tics nomirror out textcolor rgb '#222222'
set grid ytics linecolor rgb '#dddddd' linewidth 0.5 linetype 1
set datafile missing 'NaN'
set label 5 'hollow (○ □): suspect: littles law, no steady state' at screen 0.975,0.022 right font 'DejaVu Sans,19' textcolor rgb '#222222'
set xlabel 'concurrent users'
set xrange [21.5:1028.5]
set yrange [0:76.8698]
set label 6 'anonymous memory, MiB' at screen 0.018, graph 0.5 center rotate by 90
data = 'memory_vs_concurrency.dat'
plot \
  data index 0 using 1:2 with lines linecolor rgb '#0072B2' linewidth 1.3 dashtype 1 notitle, \
  data index 1 using 1:2 with lines linecolor rgb '#D55E00' linewidth 1.3 dashtype 1 notitle, \
  data index 2 using 1:2 with lines linecolor rgb '#0072B2' linewidth 1.3 dashtype (14,7) notitle, \
  data index 3 using 1:2 with lines linecolor rgb '#D55E00' linewidth 1.3 dashtype (14,7) notitle, \
  data index 0 using 9:5 with points pointtype 7 pointsize 2.1 linecolor rgb '#0072B2' notitle, \
  data index 0 using 9:6 with points pointtype 7 pointsize 2.1 linecolor rgb '#ffffff' notitle, \
  data index 0 using 9:6 with points pointtype 6 pointsize 2.1 linecolor rgb '#0072B2' notitle, \
  data index 1 using 9:5 with points pointtype 5 pointsize 1.4 linecolor rgb '#D55E00' notitle, \
  data index 2 using 9:5 with points pointtype 7 pointsize 2.1 linecolor rgb '#0072B2' notitle, \
  data index 2 using 9:6 with points pointtype 7 pointsize 2.1 linecolor rgb '#ffffff' notitle, \
  data index 2 using 9:6 with points pointtype 6 pointsize 2.1 linecolor rgb '#0072B2' notitle, \
  data index 3 using 9:5 with points pointtype 5 pointsize 1.4 linecolor rgb '#D55E00' notitle, \
  keyentry with linespoints linecolor rgb '#0072B2' dashtype 1 pointtype 7 pointsize 1.5 title 'fastapi mean', \
  keyentry with linespoints linecolor rgb '#D55E00' dashtype 1 pointtype 5 pointsize 1.5 title 'django mean', \
  keyentry with linespoints linecolor rgb '#0072B2' dashtype (14,7) pointtype 7 pointsize 1.5 title 'fastapi peak', \
  keyentry with linespoints linecolor rgb '#D55E00' dashtype (14,7) pointtype 5 pointsize 1.5 title 'django peak'
set output
