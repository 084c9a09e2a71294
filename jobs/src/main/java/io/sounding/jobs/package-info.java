/** The topology, which is the map, and the main class for a cluster. */
package io.sounding.jobs;
