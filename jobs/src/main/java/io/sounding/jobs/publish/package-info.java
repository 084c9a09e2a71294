/** What reads the user's files (audio, checkpoints, training losses) before they go to Kafka. */
package io.sounding.jobs.publish;
