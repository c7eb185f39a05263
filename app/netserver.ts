/** The net node: clients' connections. Every command goes to gate, whose answer goes back. */
import './net/front';
