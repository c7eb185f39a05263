/** The admin node: what the operator of the game looks at, on its web port. */
import './admin/statistics/handlers';
