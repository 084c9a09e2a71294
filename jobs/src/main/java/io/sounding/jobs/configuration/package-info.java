/**
 * The configuration file, and the environment that overrides it. Options of the command line are
 * the list of what may be configured; nothing is listed twice.
 */
package io.sounding.jobs.configuration;
