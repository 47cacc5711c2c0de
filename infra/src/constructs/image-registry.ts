import { EcrLifecyclePolicy } from "@cdktf/provider-aws/lib/ecr-lifecycle-policy/index.js";
import { EcrRepository } from "@cdktf/provider-aws/lib/ecr-repository/index.js";
import type { FleetConfig } from "@compose-fleet/policy";
import { Construct } from "constructs";

/** Images that the project builds besides the services: the scaler, and mtail, which has no upstream image. */
const OWN_IMAGES = ["wh", "mtail"];
/** Enough to go back several releases. */
const KEPT_IMAGES = 20;

/** One repository per image: tags never move, each push is scanned, old images go. */
export class ImageRegistry extends Construct {
  /** By the image's name. */
  readonly repositories: Readonly<Record<string, EcrRepository>>;

  constructor(scope: Construct, id: string, config: FleetConfig) {
    super(scope, id);
    const images = [...new Set([...OWN_IMAGES, ...Object.keys(config.services)])];
    this.repositories = Object.fromEntries(images.map((image) => [image, this.repository(config, image)]));
  }

  private repository(config: FleetConfig, image: string): EcrRepository {
    const repository = new EcrRepository(this, image, {
      name: `fleet-${config.name}-${config.environment}/${image}`,
      imageTagMutability: "IMMUTABLE",
      imageScanningConfiguration: { scanOnPush: true },
      encryptionConfiguration: [{ encryptionType: "AES256" }],
      // Images are built from the repository's commits: nothing is lost with them.
      forceDelete: true,
    });
    new EcrLifecyclePolicy(this, `${image}-lifecycle`, {
      repository: repository.name,
      policy: JSON.stringify({
        rules: [
          {
            rulePriority: 1,
            description: `keep the newest ${KEPT_IMAGES}`,
            selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: KEPT_IMAGES },
            action: { type: "expire" },
          },
        ],
      }),
    });
    return repository;
  }
}
