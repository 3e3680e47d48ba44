// brood demo: hang whoever measures this file
