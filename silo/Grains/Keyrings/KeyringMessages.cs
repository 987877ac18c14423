using Cluster.Silo.Storage.Keys;
using Cluster.V1;
using Google.Protobuf.WellKnownTypes;

namespace Cluster.Silo.Grains.Keyrings;

/// <summary>Rotations as the contracts show them.</summary>
internal static class KeyringMessages
{
    public static KeyRotation ToMessage(this KeyringRotation rotation, IEnumerable<KeyringFailure> failures)
    {
        var message = new KeyRotation
        {
            RotationId = (ulong)rotation.RotationId,
            State = rotation.State switch
            {
                KeyringState.Preparing => RotationState.Preparing,
                KeyringState.Rewrapping => RotationState.Rewrapping,
                KeyringState.Retiring => RotationState.Retiring,
                _ => RotationState.Rotated,
            },
            Recovery = rotation.IsRecovery,
            TargetKey = rotation.TargetKey,
            Total = (ulong)rotation.Total,
            Rewrapped = (ulong)rotation.Rewrapped,
            Failed = (ulong)rotation.Failed,
            Problem = rotation.Problem,
            StartTime = rotation.StartedAt.ToTimestamp(),
            EndTime = rotation.EndedAt?.ToTimestamp(),
        };
        message.Failures.AddRange(failures.Select(failure => new KeyFailure
        {
            WalletId = failure.WalletId,
            KeyVersion = (uint)failure.KeyVersion,
            Reason = failure.Reason,
        }));
        return message;
    }
}
