SELECT window_start, window_end, origin, name AS airport, city, state,
       count(*) AS flights, avg(delay) AS delay_avg
FROM hop(flights, date, INTERVAL 1 HOUR, INTERVAL 24 HOUR)
LEFT JOIN airports ON iata = origin
GROUP BY ALL
